import { buildApp } from "fauxqs";
import { openSqs } from "#local/engines/sqs/open-sqs.ts";
import { type AwsJson, awsJson } from "#local/wire/aws-json.ts";
import { loopback } from "#local/wire/listen.ts";

export type SqsEngines = {
	/** The local stack's. */
	readonly local: AwsJson;
	/** fauxqs, a second opinion. */
	readonly other: AwsJson;
	close(): Promise<void>;
};

export async function openSqsEngines(region: string): Promise<SqsEngines> {
	const engine = await openSqs({ region, log: () => undefined });
	const app = buildApp({ logger: false, host: "", defaultRegion: region });
	const url = await app.listen({ port: 0, host: loopback });
	return {
		local: awsJson("sqs", engine.url, region),
		other: awsJson("sqs", url, region),
		async close() {
			engine.close();
			await app.close();
		},
	};
}
