/** Files that replace packages in a function's bundle. */
export const bundleAlias = {
	"@aws-sdk/credential-provider-node": "#shared/aws/transport/function-credentials.ts",
} as const;
