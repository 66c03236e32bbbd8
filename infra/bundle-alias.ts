/** What a function's bundle has in the place of a package: see the file that it names. */
export const bundleAlias = {
	"@aws-sdk/credential-provider-node": "#shared/aws/transport/function-credentials.ts",
} as const;
