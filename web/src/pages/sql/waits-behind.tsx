import { useTop, type Selection } from '../../api/queries.ts';
import { formatLoad } from '../../format/numbers.ts';

/** Whether others wait for sessions that run this statement. */
export function WaitsBehind({ selection }: { readonly selection: Selection }) {
  const { data } = useTop({ ...selection, limit: 5 }, 'db.sql_tokenized', 'db.wait_event');
  if (data === undefined || data.rows.length === 0) return null;
  return (
    <section className="panel" aria-label="Who waits for it">
      <h2>Others wait for it: {formatLoad(data.meta.aas)} sessions on average</h2>
      <ul>
        {data.rows.map(({ key, label, aas }) => (
          <li key={key}>
            <code>{label}</code>, {formatLoad(aas)} sessions
          </li>
        ))}
      </ul>
    </section>
  );
}
