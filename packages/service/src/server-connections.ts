import { subscribe } from 'node:diagnostics_channel'
import type { Server, ServerResponse } from 'node:http'
import type { Server as NetServer, Socket } from 'node:net'

/**
 * The open connections of every server, each with its requests that were not answered yet. Kept from the
 * first connection on, by what Node tells everybody: whoever drains a server comes when the sockets are
 * there, and Node has no list of them to ask for.
 */
const connectionsOf = new WeakMap<NetServer, Map<Socket, Set<ServerResponse>>>()

/** Closes the connections that wait for no answer: idle ones, and those whose request has not come in whole. */
export function closeWaitingConnections(server: Server): void {
  for (const [socket, responses] of connectionsOf.get(server) ?? []) {
    // A request that is still coming in has had no effect, and may never be complete.
    const isHandled = [...responses].some((response) => response.req.complete)
    if (!isHandled) socket.destroy()
  }
}

subscribe('net.server.socket', (message) => {
  const { socket } = message as { socket: Socket & { server?: NetServer } }
  const { server } = socket
  if (server === undefined) return
  const connections = connectionsOf.get(server) ?? new Map<Socket, Set<ServerResponse>>()
  connectionsOf.set(server, connections.set(socket, new Set()))
  socket.once('close', () => connections.delete(socket))
})

subscribe('http.server.request.start', (message) => {
  const { server, socket, response } = message as {
    server: NetServer
    socket: Socket
    response: ServerResponse
  }
  const responses = connectionsOf.get(server)?.get(socket)
  responses?.add(response)
  response.once('close', () => responses?.delete(response))
})
