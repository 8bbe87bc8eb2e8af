import { Empty } from '../../ui/notes.tsx';

export function CapacityPage() {
  return <Empty title="Capacity" />;
}
