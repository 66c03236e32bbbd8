import { dynamoCountReads, dynamoCounts } from "../aws/dynamo/dynamo-counts.ts";
import { dynamoClient, dynamoClientOnce } from "../aws/transport/aws-clients.ts";
import type { Log } from "../log.ts";
import { type CountBuffer, countBuffer } from "../usecases/counts/count-buffer.ts";
import type { CountStore } from "../usecases/counts/count-store.ts";

export type CountsEnvironment = { readonly COUNTS_TABLE: string; readonly COUNTS_RETENTION_DAYS: number };

const dayMs = 24 * 60 * 60_000;

export function countReadsOnAws(env: Pick<CountsEnvironment, "COUNTS_TABLE">, log: Log): Pick<CountStore, "read"> {
	return dynamoCountReads(dynamoClient(), env.COUNTS_TABLE, log);
}

/** Make one for each process: it holds the counts that are not written yet. */
export function countsOnAws(env: CountsEnvironment, log: Log): CountBuffer {
	const store = dynamoCounts(dynamoClientOnce(), env.COUNTS_TABLE, log, env.COUNTS_RETENTION_DAYS * dayMs);
	return countBuffer({ store, monotonic: () => performance.now(), log });
}
