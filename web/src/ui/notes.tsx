import type { ReactNode } from 'react';
import { RefusedError, UnreachableError } from '../api/ask.ts';

/** Nothing to show, and what that means. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="note empty">
      <p className="note-title">{title}</p>
      {children}
    </div>
  );
}

/** The first answer is on its way; later ones replace what is there without this. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <div className="note loading" role="status">
      <span className="spinner" aria-hidden="true" /> Loading {what} …
    </div>
  );
}

/** What went wrong, and the way out. */
export function Failure({ error }: { readonly error: Error }) {
  if (error instanceof RefusedError && error.code === 'UNAUTHORIZED') return <SignInNote />;
  const title = error instanceof UnreachableError ? 'No answer' : 'That did not work';
  return (
    <div className="note failure" role="alert">
      <p className="note-title">{title}</p>
      <p>{error.message}</p>
    </div>
  );
}

/** The text of SQL, and changes, are for whoever has the token. */
export function SignInNote({ what = 'The text of SQL' }: { readonly what?: string }) {
  return (
    <div className="note">
      <p className="note-title">Sign in to see this</p>
      <p>
        {what} is for whoever has the token of this Airglow. <code>airglow dashboard</code> prints the address
        with it.
      </p>
      <p>
        <a className="button" href={signInAddress()}>
          Sign in
        </a>
      </p>
    </div>
  );
}

export function signInAddress(): string {
  const { pathname, search } = location;
  return `/sign-in?${new URLSearchParams({ next: pathname + search }).toString()}`;
}
