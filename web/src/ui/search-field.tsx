import { useEffect, useRef, useState } from 'react';
import './search-field.css';

const SETTLED_MS = 250;

/** A field for words to find; `onChange` is told once nobody has typed for a moment. */
export function SearchField({
  label,
  placeholder,
  value,
  onChange,
}: {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const tell = useRef(onChange);
  useEffect(() => {
    tell.current = onChange;
  });
  useEffect(() => {
    // Another value than the one told came from elsewhere: the address has changed.
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    if (typed === told.current) return undefined;
    const timer = setTimeout(() => {
      told.current = typed;
      tell.current(typed);
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <input
      type="search"
      className="search-field"
      aria-label={label}
      placeholder={placeholder}
      maxLength={512}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
    />
  );
}
