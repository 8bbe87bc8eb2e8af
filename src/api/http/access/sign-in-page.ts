import { escapeHtml, renderPlainPage } from './html-page.ts';

export interface SignInPage {
  /** Path of our own to go to afterwards. */
  readonly next: string;
  /** A token was given, and it is another one. */
  readonly wasWrong: boolean;
  /** Figures are for everybody here, only SQL text and changes are not. */
  readonly canGoOn: boolean;
}

/** The page that asks for the token. */
export function renderSignInPage({ next, wasWrong, canGoOn }: SignInPage): string {
  const address = escapeHtml(next);
  const body = [
    '<h1>Airglow</h1>',
    wasWrong
      ? '<p role="alert">That is not the token of this Airglow. It may have been copied in part, or belong to another one.</p>'
      : '',
    canGoOn
      ? '<p>The token is needed to see SQL text, and to change anything.</p>'
      : '<p>The token is needed to see anything here.</p>',
    '<form method="post" action="/sign-in">',
    `<input type="hidden" name="next" value="${address}">`,
    '<label for="token">Token</label>',
    '<input id="token" name="token" type="password" required autofocus autocomplete="off" spellcheck="false">',
    '<button type="submit">Sign in</button>',
    '</form>',
    '<p>The command <code>airglow dashboard</code>, run where Airglow runs, prints an address that signs in by itself. ' +
      'The token is also in the file <code>token</code> of the data or state folder.</p>',
    canGoOn
      ? `<p><a href="${address}">Go on without the token</a></p>`
      : // A link on another site brings no cookie; one here does.
        `<p>Signed in already? <a href="${address}">Open the page</a></p>`,
  ];
  return renderPlainPage({ title: 'Sign in · Airglow', body: body.filter((line) => line !== '').join('\n') });
}

/** The page where the dashboard is missing. */
export function renderNotBuiltPage(): string {
  const body = [
    '<h1>Airglow</h1>',
    '<p>The dashboard was not built. Run <code>npm run build</code> in the folder of Airglow and start it again.</p>',
    '<p>The API answers all the same: <a href="/api/health">/api/health</a>, <a href="/api/targets">/api/targets</a>.</p>',
  ];
  return renderPlainPage({ title: 'Airglow', body: body.join('\n') });
}
