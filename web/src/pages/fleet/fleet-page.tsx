import { Empty } from '../../ui/notes.tsx';

export function FleetPage() {
  return <Empty title="Fleet" />;
}
