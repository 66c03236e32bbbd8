const kinds: Readonly<Record<string, RegExp>> = {
	"a private key": /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/,
	"an AWS access key": /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
	"an AWS secret key": /aws_secret_access_key\W{1,4}[0-9A-Za-z/+]{40}\b/i,
	"a GitHub token": /\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_\w{22,})/,
	"an npm token": /\bnpm_[0-9A-Za-z]{36}\b|_authToken[=]/,
	"a Slack token": /\bxox[abprs]-[0-9A-Za-z-]{10,}/,
};

/** What may look like one: a certificate of localhost, made for tests. */
const known: Readonly<Record<string, string>> = { "test/integration/smpp-certificate.ts": "a private key" };

/** A line for each line of a file that holds what looks like a credential, without the credential. */
export function secretsIn(file: string, text: string): readonly string[] {
	return text.split("\n").flatMap((line, index) =>
		Object.entries(kinds)
			.filter(([kind, pattern]) => pattern.test(line) && known[file] !== kind)
			.map(([kind]) => `${file}:${index + 1}: ${kind}`),
	);
}
