<?php
// Sends one message: SMSGW_USER=… SMSGW_PASSWORD=… php send.php RECIPIENT TEXT
// Needs the extension curl.

$url = getenv('SMSGW_URL') ?: 'http://127.0.0.1:8080/app/smsgw/rest/v2';
$body = json_encode([
    // Your own id of the message. A retry has the same one, so the message is sent once.
    'client_message_id' => bin2hex(random_bytes(16)),
    'sender' => getenv('SMSGW_SENDER') ?: 'SMSGW',
    'recipient' => $argv[1],
    'message_text' => $argv[2],
], JSON_THROW_ON_ERROR);

foreach ([1, 2, 4, 8, null] as $pause) {
    $curl = curl_init("$url/messages");
    curl_setopt_array($curl, [
        CURLOPT_USERPWD => getenv('SMSGW_USER') . ':' . getenv('SMSGW_PASSWORD'),
        CURLOPT_HTTPHEADER => ['content-type: application/json'],
        CURLOPT_POSTFIELDS => $body,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 30,
    ]);
    $text = curl_exec($curl);
    // 0: there was no answer.
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    $answer = $text === false ? ['error_message' => curl_error($curl)] : json_decode($text, true);
    // 23 after a retry: the first request was accepted, and only its answer was lost. It has the message's id.
    if ($status === 201 || (($answer['error_code'] ?? null) === '23' && isset($answer['message_id']))) {
        echo $answer['message_id'], "\n";
        exit(0);
    }
    if ($pause === null || ($status !== 0 && $status < 500 && $status !== 429)) {
        fwrite(STDERR, "$status: {$answer['error_message']}\n");
        exit(1);
    }
    sleep($pause);
}
