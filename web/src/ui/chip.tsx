/** The colour of a layer beside its name. */
export function Swatch({ color }: { readonly color: string }) {
  return <span className="swatch" style={{ background: color }} aria-hidden="true" />;
}
