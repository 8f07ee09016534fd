package tutti;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/** Tries the clients for Java on a Tutti server. Prints a sentence a line; ends with 1 if one is not true. */
public final class Clients {
  static final URI GRPC = URI.create("http://" + System.getenv("TUTTI_GRPC"));
  static final URI REST = URI.create(System.getenv("TUTTI_REST"));
  static final String MODEL = System.getenv("TUTTI_MODEL");
  /** Part of the sentences that are tried; null: all. */
  private static final String ONLY = System.getenv("ONLY");
  static final Duration LIMIT = Duration.ofSeconds(30);

  private static int failed = 0;
  private static String client = "";

  public static void main(final String[] args) throws Exception {
    client = "zeebe-client-java over gRPC";
    ZeebeOverGrpc.tell();
    client = "camunda-client-java over REST";
    CamundaOver.tell(true);
    client = "camunda-client-java over gRPC";
    CamundaOver.tell(false);
    // Executors of the clients that were closed must not keep the program alive.
    System.exit(failed == 0 ? 0 : 1);
  }

  interface Test {
    void run() throws Exception;
  }

  static void it(final String sentence, final Test test) {
    if (ONLY != null && !(client + " " + sentence).contains(ONLY)) return;
    try {
      test.run();
      System.out.println("  ok      " + client + " " + sentence);
    } catch (final Throwable error) {
      failed++;
      System.out.println("  FAILED  " + client + " " + sentence + ": " + error);
      error.printStackTrace();
    }
  }

  static void equal(final Object found, final Object expected) {
    if (!Objects.equals(found, expected)) {
      throw new AssertionError("expected " + expected + ", but was " + found);
    }
  }

  static void isTrue(final String what, final boolean found) {
    if (!found) throw new AssertionError(what);
  }

  /** What a test throws; it has to. */
  static Throwable thrown(final Test test) {
    try {
      test.run();
    } catch (final Throwable error) {
      return error;
    }
    throw new AssertionError("nothing was refused");
  }

  /** Asks until the answer is neither null nor false. */
  static <T> T until(final String what, final Supplier<T> ask) throws InterruptedException {
    final long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      final T found = ask.get();
      if (found != null && !Boolean.FALSE.equals(found)) return found;
      Thread.sleep(50);
    }
    throw new AssertionError("in vain waited for " + what);
  }

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** For what a client over gRPC cannot ask. */
  static String rest(final String path, final String body) {
    final var request = HttpRequest.newBuilder(REST.resolve(path)).header("content-type", "application/json");
    if (body != null) request.POST(HttpRequest.BodyPublishers.ofString(body));
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    } catch (final IOException error) {
      throw new AssertionError(error);
    } catch (final InterruptedException error) {
      Thread.currentThread().interrupt();
      throw new AssertionError(error);
    }
  }

  /** A member of the first object in a JSON text that has one of this name and a text as value. */
  static String text(final String json, final String member) {
    final var match = java.util.regex.Pattern.compile("\"" + member + "\":\"([^\"]*)\"").matcher(json);
    return match.find() ? match.group(1) : null;
  }

  static String state(final long instance) {
    return text(rest("/v2/process-instances/" + instance, null), "state");
  }

  static void completed(final long instance) throws InterruptedException {
    until("the end of " + instance, () -> "COMPLETED".equals(state(instance)));
  }

  static String variable(final long instance, final String name) {
    final String filter = "{\"filter\":{\"processInstanceKey\":\"" + instance + "\",\"name\":\"" + name + "\"}}";
    return text(rest("/v2/variables/search", filter).replace("\\\"", "'"), "value");
  }

  /** The JSON of the first open incident of an instance, or null. */
  static String incident(final long instance) {
    final String filter = "{\"filter\":{\"processInstanceKey\":\"" + instance + "\",\"state\":\"ACTIVE\"}}";
    final String found = rest("/v2/incidents/search", filter);
    return text(found, "incidentKey") == null ? null : found;
  }

  private Clients() {}
}
