<?php
// Sends a text to several numbers: SMSGW_USER=… SMSGW_PASSWORD=… php batch.php TEXT RECIPIENT…
// Needs the extension curl.

$url = getenv('SMSGW_URL') ?: 'http://127.0.0.1:8080/app/smsgw/rest/v2';
$messages = array_map(fn ($recipient) => [
    'client_message_id' => bin2hex(random_bytes(16)),
    'sender' => getenv('SMSGW_SENDER') ?: 'SMSGW',
    'recipient' => $recipient,
    'message_text' => $argv[1],
], array_slice($argv, 2));

/** Returns the batch's id. The same batch again gets the same answer: nothing is sent twice. */
function post(string $url, string $body): string
{
    foreach ([1, 2, 4, 8, null] as $pause) {
        $curl = curl_init("$url/batches");
        curl_setopt_array($curl, [
            CURLOPT_USERPWD => getenv('SMSGW_USER') . ':' . getenv('SMSGW_PASSWORD'),
            CURLOPT_HTTPHEADER => ['content-type: application/json'],
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 60,
        ]);
        $text = curl_exec($curl);
        $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        $answer = $text === false ? ['error_message' => curl_error($curl)] : json_decode($text, true);
        if ($status === 201) {
            return $answer['batch_id'];
        }
        if ($pause === null || ($status !== 0 && $status < 500 && $status !== 429)) {
            fwrite(STDERR, "$status: {$answer['error_message']}\n");
            exit(1);
        }
        sleep($pause);
    }
}

foreach (array_chunk($messages, 200) as $batch) {
    echo post($url, json_encode(['messages' => $batch], JSON_THROW_ON_ERROR)), "\n";
}
