import { useEffect, useState } from 'react';

/** Puts a text on the clipboard, and says so for a moment. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [told, setTold] = useState('');
  useEffect(() => {
    if (told === '') return undefined;
    const timer = setTimeout(() => setTold(''), 2000);
    return () => clearTimeout(timer);
  }, [told]);
  // Browsers keep the clipboard from pages that came over plain HTTP from elsewhere.
  if (navigator.clipboard === undefined) return null;
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setTold('Copied'),
      () => setTold('Not allowed'),
    );
  };
  return (
    <button type="button" className="plain copy" onClick={copy}>
      <span aria-live="polite">{told === '' ? 'Copy' : told}</span>
      <span className="unseen"> {what}</span>
    </button>
  );
}

/** A command to be copied. */
export function Command({ text }: { readonly text: string }) {
  return (
    <span className="command">
      <code>{text}</code> <CopyButton text={text} what="the command" />
    </span>
  );
}
