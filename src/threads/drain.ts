import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

/** Takes what has come to a port already, without a round of the event loop. */
export function drain<Message>(port: MessagePort, take: (message: Message) => void): void {
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
    take(next.message as Message);
}
