import { Empty } from '../../ui/notes.tsx';

export function ComparePage() {
  return <Empty title="Compare" />;
}
