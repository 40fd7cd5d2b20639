import type { Databases } from './databases.ts';
import type { Connector } from './load.ts';
export async function growth(_: { databases: Databases | null; connector: Connector; most: number }) {}
