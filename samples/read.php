<?php
// Prints the status of a message: SMSGW_USER=… SMSGW_PASSWORD=… php read.php MESSAGE_ID
// Needs the extension curl.

$url = getenv('SMSGW_URL') ?: 'http://127.0.0.1:8080/app/smsgw/rest/v2';
$curl = curl_init("$url/messages/" . rawurlencode($argv[1]));
curl_setopt_array($curl, [
    CURLOPT_USERPWD => getenv('SMSGW_USER') . ':' . getenv('SMSGW_PASSWORD'),
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_TIMEOUT => 30,
]);
$text = curl_exec($curl);
$status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
$answer = $text === false ? ['error_message' => curl_error($curl)] : json_decode($text, true);
if ($status !== 200) {
    fwrite(STDERR, "$status: {$answer['error_message']}\n");
    exit(1);
}
echo $answer['message_status'], ' ', $answer['error_code'] ?? '', "\n";
