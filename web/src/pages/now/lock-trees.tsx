import { Link } from 'wouter';
import { useDatabase } from '../../app/database.tsx';
import { formatMs } from '../../format/numbers.ts';
import { useView } from '../../view/use-view.ts';
import { lockForest, type LockNode, type LockTree } from './lock-forest.ts';
import { adviceText, heldUpText, rootText, whoText } from './lock-words.ts';
import type { SessionRow } from './session-rows.ts';

/** Who holds others up: the root of each queue first, below it who waits. */
export function LockTrees({ sessions }: { readonly sessions: readonly SessionRow[] }) {
  const trees = lockForest(sessions);
  return (
    <section className="panel" aria-labelledby="locks-title">
      <div className="panel-head">
        <h2 id="locks-title">Who blocks whom</h2>
        <span className="faint">{trees.length === 0 ? 'No session waits for another one.' : ''}</span>
      </div>
      {trees.map((tree) => (
        <Tree key={tree.pid} tree={tree} />
      ))}
    </section>
  );
}

function Tree({ tree }: { readonly tree: LockTree<SessionRow> }) {
  const { name, rest } = rootText(tree);
  const advice = adviceText(tree);
  return (
    <article className="lock-tree">
      <h3 className="lock-root">
        <span className="lock-mark">{tree.isCircle ? 'Deadlock' : 'Root blocker'}</span>{' '}
        <strong>{name}</strong>, {rest}, <strong className="lock-count">{heldUpText(tree)}</strong>
      </h3>
      <Sql session={tree.session} />
      {advice !== null && <p className="faint lock-advice">{advice}</p>}
      <Queue nodes={tree.waiting} label={`Waiting for ${name}`} />
    </article>
  );
}

function Queue({
  nodes,
  label,
}: {
  readonly nodes: readonly LockNode<SessionRow>[];
  readonly label: string;
}) {
  if (nodes.length === 0) return null;
  return (
    <ul className="lock-queue" aria-label={label}>
      {nodes.map((node, index) => (
        <li key={node.pid}>
          <p className="lock-waiter">
            <strong>pid {node.pid}</strong>
            {node.session !== null && (
              <>
                <span className="lock-wait">{waitText(node.session)}</span>
                <span className="faint">{whoText(node.session)}</span>
              </>
            )}
            {node.heldUp > 0 && <strong className="lock-count">holds up {node.heldUp} more</strong>}
          </p>
          {isSameSql(node, nodes[index - 1]) ? (
            <span className="unseen">the same statement as the one before</span>
          ) : (
            <Sql session={node.session} />
          )}
          <Queue nodes={node.waiting} label={`Waiting for pid ${node.pid}`} />
        </li>
      ))}
    </ul>
  );
}

/** In a queue mostly all wait with the same statement: it is shown once. */
function isSameSql(node: LockNode<SessionRow>, before: LockNode<SessionRow> | undefined): boolean {
  if (before === undefined || before.waiting.length > 0) return false;
  return node.session?.sqlId === before.session?.sqlId;
}

function waitText({ lock, waitMs, waitEvent }: SessionRow): string {
  const duration = waitMs === null ? '' : ` ${formatMs(waitMs)}`;
  return `waits${duration} for ${lock ?? waitEvent}`;
}

/** The statement, which leads to its page; for one that is idle it is its last one. */
export function Sql({ session }: { readonly session: SessionRow | null }) {
  const { name } = useDatabase();
  const { linkTo } = useView();
  if (session === null || session.sqlId === '') return null;
  const text = session.sql ?? session.sqlId;
  return (
    <Link
      className="sql ellipsis"
      href={linkTo(`/db/${encodeURIComponent(name)}/sql/${session.sqlId}`)}
      title={text}
    >
      {text}
    </Link>
  );
}
