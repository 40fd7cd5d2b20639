import type { Databases } from './databases.ts';
import type { Connector } from './load.ts';
export async function coldStart(_: { databases: Databases | null; connector: Connector }) {}
