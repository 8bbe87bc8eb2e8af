import { Empty } from '../../ui/notes.tsx';

export function AnalysisPage() {
  return <Empty title="Analysis" />;
}
