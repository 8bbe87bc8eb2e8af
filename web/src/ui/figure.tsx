/** A figure with its name, in a list of class `figures`; `isMain` is the one that the page is about. */
export function Figure({
  name,
  value,
  isMain,
}: {
  readonly name: string;
  readonly value: string;
  readonly isMain?: true;
}) {
  return (
    <div className={isMain === true ? 'main-figure' : undefined}>
      <dd>{value}</dd>
      <dt>{name}</dt>
    </div>
  );
}
