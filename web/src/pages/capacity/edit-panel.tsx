import { useId, useState, type InputHTMLAttributes } from 'react';
import type { ClusterAnswer } from '../../../../src/api/cluster-answers.ts';
import { useClusters, useModifyCluster } from '../../api/queries.ts';
import { formatAcu } from '../../format/numbers.ts';
import { SignInNote } from '../../ui/notes.tsx';
import { consequencesOf, faultsOf, fieldsOf, requestOf, type CapacityFields } from './capacity-form.ts';

/** Changes the limits of capacity, for those who may. */
export function EditPanel({
  cluster,
  isTrusted,
}: {
  readonly cluster: ClusterAnswer;
  readonly isTrusted: boolean;
}) {
  return (
    <section className="panel" aria-labelledby="edit-title">
      <div className="panel-head">
        <h2 id="edit-title">Limits</h2>
        <span className="faint">Capacity moves between them by itself.</span>
      </div>
      {isTrusted ? <LimitsForm cluster={cluster} /> : <SignInNote what="Changing capacity" />}
    </section>
  );
}

function LimitsForm({ cluster }: { readonly cluster: ClusterAnswer }) {
  const host = useClusters(true).data?.host;
  const modify = useModifyCluster(cluster.name);
  // Null until something is typed: so long the fields follow the database.
  const [typed, setTyped] = useState<CapacityFields | null>(null);
  const fields = typed ?? fieldsOf(cluster);
  const faults = faultsOf(fields, { budgetAcu: Math.max(host?.budgetAcu ?? 0, cluster.capacity.max) });
  const isSound = Object.keys(faults).length === 0;
  const request = isSound ? requestOf(fields, cluster) : null;
  const set = (part: Partial<CapacityFields>): void => {
    modify.reset();
    setTyped({ ...fields, ...part });
  };
  return (
    <form
      className="limits"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (request !== null) modify.mutate(request, { onSuccess: () => setTyped(null) });
      }}
    >
      <div className="limits-fields">
        <NumberField
          label="Minimum"
          unit="ACU"
          hint="0 lets it pause"
          step={0.5}
          min={0}
          value={fields.min}
          fault={faults.min}
          onText={(min) => set({ min })}
        />
        <NumberField
          label="Maximum"
          unit="ACU"
          hint={host === undefined ? '' : `this host has ${formatAcu(host.budgetAcu)}`}
          step={0.5}
          min={0.5}
          value={fields.max}
          fault={faults.max}
          onText={(max) => set({ max })}
        />
        <NumberField
          label="Pause after"
          unit="s without use"
          hint={Number(fields.min) === 0 ? '' : 'only with a minimum of 0'}
          step={1}
          min={1}
          value={fields.pauseSeconds}
          fault={faults.pauseSeconds}
          disabled={Number(fields.min) !== 0}
          onText={(pauseSeconds) => set({ pauseSeconds })}
        />
      </div>
      <div className="limits-outcome" aria-live="polite">
        {isSound && typed !== null && (
          <ul>
            {consequencesOf(fields, cluster).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
        {modify.error !== null && (
          <p role="alert" className="limits-fault">
            {modify.error.message}
          </p>
        )}
        {modify.isSuccess && typed === null && <p className="limits-done">Saved; it is in force.</p>}
      </div>
      <div className="limits-buttons">
        <button type="submit" className="primary" disabled={request === null || modify.isPending}>
          {modify.isPending ? 'Saving …' : 'Save'}
        </button>
        {typed !== null && (
          <button type="button" disabled={modify.isPending} onClick={() => setTyped(null)}>
            Leave as it is
          </button>
        )}
      </div>
    </form>
  );
}

function NumberField({
  label,
  unit,
  hint,
  fault,
  onText,
  ...input
}: Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> & {
  readonly label: string;
  readonly unit: string;
  readonly hint: string;
  readonly fault: string | undefined;
  readonly onText: (text: string) => void;
}) {
  const id = useId();
  return (
    <div className="limits-field">
      <label htmlFor={id}>{label}</label>
      <span>
        <input
          {...input}
          id={id}
          type="number"
          inputMode="decimal"
          aria-invalid={fault !== undefined}
          aria-describedby={`${id}-told`}
          onChange={({ target }) => onText(target.value)}
        />{' '}
        {unit}
      </span>
      <span id={`${id}-told`} className={fault === undefined ? 'faint' : 'limits-fault'}>
        {fault ?? hint}
      </span>
    </div>
  );
}
