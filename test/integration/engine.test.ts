import { describeEngine } from '../../src/engines/engine.conformance.ts';
import { majorsUnderTest, postgresFixture } from './engine-fixture.ts';

for (const version of majorsUnderTest()) {
  describeEngine(`postgres ${version}`, async () => postgresFixture({ version, statStatements: true }));
}
