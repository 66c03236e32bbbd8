/** The parts of a call to an engine from which its permissions follow. */
export type AwsRequest = {
	readonly method: string;
	/** Path and query. */
	readonly url: string;
	/** `DynamoDB_20120810.GetItem`; empty if the path names the operation. */
	readonly target: string;
	readonly body: unknown;
};

/** Makes an ARN from a service and a resource. */
export type ArnOf = (service: string, resource: string) => string;

/** `GetItem` */
export function operationOf({ target }: AwsRequest): string {
	return target.slice(target.lastIndexOf(".") + 1);
}
