import { Empty } from '../../ui/notes.tsx';

export function SqlPage() {
  return <Empty title="Sql" />;
}
