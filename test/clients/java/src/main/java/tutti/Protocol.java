package tutti;

import com.google.protobuf.Descriptors.Descriptor;
import io.camunda.zeebe.gateway.protocol.GatewayOuterClass;

/** Prints the calls and the fields of the protocol that the clients here speak, one a line. */
public final class Protocol {
  public static void main(final String[] args) {
    final var file = GatewayOuterClass.getDescriptor();
    file.getServices().forEach(service -> service.getMethods().forEach(method -> System.out.println(method.getName())));
    file.getMessageTypes().forEach(message -> print("", message));
  }

  private static void print(final String around, final Descriptor message) {
    final String name = around + message.getName();
    message.getFields().forEach(field -> System.out.println(name + "." + field.getName() + " = " + field.getNumber()));
    message.getNestedTypes().forEach(nested -> print(name + ".", nested));
  }

  private Protocol() {}
}
