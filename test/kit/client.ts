import { Client } from 'pg';

/** A connected client that disconnects at the end of its scope, and whose server may go away. */
export type ScopedClient = Client & AsyncDisposable & { readonly processID: number };

export async function connectClient(url: string, applicationName = 'test'): Promise<ScopedClient> {
  const client = new Client({ connectionString: url, application_name: applicationName });
  client.on('error', () => {});
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() }) as unknown as ScopedClient;
}
