import { Empty } from '../../ui/notes.tsx';

export function EventsPage() {
  return <Empty title="Events" />;
}
