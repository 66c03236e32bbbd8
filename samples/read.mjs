// Prints the status of a message: SMSGW_USER=… SMSGW_PASSWORD=… node read.mjs MESSAGE_ID
const { SMSGW_URL = "http://127.0.0.1:8080/app/smsgw/rest/v2" } = process.env;
const login = Buffer.from(`${process.env.SMSGW_USER}:${process.env.SMSGW_PASSWORD}`).toString("base64");
const response = await fetch(`${SMSGW_URL}/messages/${process.argv[2]}`, {
	headers: { authorization: `Basic ${login}` },
	signal: AbortSignal.timeout(30_000),
});
const answer = await response.json();
if (response.status !== 200) {
	console.error(`${response.status}: ${answer.error_message}`);
	process.exitCode = 1;
} else console.log(answer.message_status, answer.error_code ?? "");
