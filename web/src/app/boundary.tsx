import { Component, type ReactNode } from 'react';

interface State {
  readonly error: Error | null;
}

/** Keeps a mistake in one page from taking the whole screen. */
export class Boundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className="note failure" role="alert">
        <p className="note-title">This page broke</p>
        <p>{error.message}</p>
        <p>
          {/* A part of the page that could not be fetched, since the daemon was away or is a newer one, is fetched anew only so. */}
          <button type="button" onClick={() => location.reload()}>
            Load the page again
          </button>{' '}
          <a className="button" href="/">
            All databases
          </a>
        </p>
      </div>
    );
  }
}
