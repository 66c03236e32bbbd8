export type AwsRequest = {
	readonly method: string;
	/** Path and query. */
	readonly url: string;
	/** `DynamoDB_20120810.GetItem`; empty if the path names the operation. */
	readonly target: string;
	readonly body: unknown;
};

export type ArnOf = (service: string, resource: string) => string;

export function operationOf({ target }: AwsRequest): string {
	return target.slice(target.lastIndexOf(".") + 1);
}
