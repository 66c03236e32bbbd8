// Sends a text to several numbers: SMSGW_USER=... SMSGW_PASSWORD=... java Batch.java TEXT RECIPIENT...
// Use your JSON library in place of quoted() and the pattern.

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Batch {
    static final Pattern BATCH_ID = Pattern.compile("\"batch_id\":\"(\\d+)\"");
    static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static void main(String[] args) throws InterruptedException {
        List<String> messages = new ArrayList<>();
        for (int index = 1; index < args.length; index += 1) {
            messages.add("{\"client_message_id\": " + quoted(UUID.randomUUID().toString())
                + ", \"sender\": " + quoted(env("SMSGW_SENDER", "SMSGW"))
                + ", \"recipient\": " + quoted(args[index])
                + ", \"message_text\": " + quoted(args[0]) + "}");
        }
        for (int from = 0; from < messages.size(); from += 200) {
            List<String> batch = messages.subList(from, Math.min(from + 200, messages.size()));
            System.out.println(post("{\"messages\": [" + String.join(", ", batch) + "]}"));
        }
    }

    /** Returns the batch's id. The same batch again gets the same answer: nothing is sent twice. */
    static String post(String body) throws InterruptedException {
        String login = System.getenv("SMSGW_USER") + ":" + System.getenv("SMSGW_PASSWORD");
        HttpRequest request = HttpRequest
            .newBuilder(URI.create(env("SMSGW_URL", "http://127.0.0.1:8080/app/smsgw/rest/v2") + "/batches"))
            .header("authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
            .header("content-type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
        for (int pause = 1; ; pause *= 2) {
            int status = 0;
            String answer;
            try {
                HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
                status = response.statusCode();
                answer = response.body();
            } catch (IOException error) {
                answer = error.toString();
            }
            Matcher id = BATCH_ID.matcher(answer);
            if (status == 201 && id.find()) return id.group(1);
            if (pause > 8 || (status != 0 && status < 500 && status != 429)) {
                System.err.println(status + ": " + answer);
                System.exit(1);
            }
            Thread.sleep(pause * 1_000L);
        }
    }

    static String env(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null ? otherwise : value;
    }

    static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char letter : text.toCharArray()) {
            if (letter < ' ' || letter == '"' || letter == '\\') json.append(String.format("\\u%04x", (int) letter));
            else json.append(letter);
        }
        return json.append('"').toString();
    }
}
