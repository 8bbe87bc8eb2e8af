import { useDatabase } from '../../app/database.tsx';
import { meanOf } from '../../charts/stack.ts';
import { useView } from '../../view/use-view.ts';
import { Headline } from './headline.tsx';
import { LoadPanel } from './load-panel.tsx';
import { TopTable } from './top-table.tsx';

/** What loads the database: average active sessions over time, and what they are made of. */
export function LoadPage() {
  const { name, window } = useDatabase();
  const { state } = useView();
  return (
    <>
      <h1 className="unseen">Load of {name}</h1>
      <LoadPanel
        selection={{ target: name, window, filters: state.filters }}
        label="Load"
        renderHead={(shown, { vcpus }) => <Headline shown={shown} vcpus={meanOf(vcpus ?? [])} />}
      />
      <TopTable />
    </>
  );
}
