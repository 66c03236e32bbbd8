/** A call to an engine, as much of it as says what is asked. */
export type AwsRequest = {
	readonly method: string;
	/** Path and query. */
	readonly url: string;
	/** `DynamoDB_20120810.GetItem`; nothing where the path says it. */
	readonly target: string;
	readonly body: unknown;
};

/** Makes an ARN of this run from a service and what it calls its resource. */
export type ArnOf = (service: string, resource: string) => string;

/** `GetItem` */
export function operationOf({ target }: AwsRequest): string {
	return target.slice(target.lastIndexOf(".") + 1);
}
