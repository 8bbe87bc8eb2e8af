import { Empty } from '../../ui/notes.tsx';

export function NowPage() {
  return <Empty title="Now" />;
}
