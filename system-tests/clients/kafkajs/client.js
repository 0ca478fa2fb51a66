// kafkajs as a client of the matrix; see ../README.md for what the three commands read and print.
// Its modules are found through NODE_PATH (install-clients.sh puts them into the clients folder).
const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = require('kafkajs')
CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy')

const codecs = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
}
const [command, bootstrap, topic, last] = process.argv.slice(2)
const kafka = new Kafka({ clientId: 'kafkajs', brokers: [bootstrap], logLevel: logLevel.ERROR })
const text = (data) => (data === null || data === undefined ? null : data.toString())

async function stdin() {
  const parts = []
  for await (const part of process.stdin) parts.push(part)
  return Buffer.concat(parts).toString()
}

async function create() {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: Number(last) }] })
  await admin.disconnect()
}

async function produce() {
  const records = (await stdin()).split('\n').filter((line) => line).map((line) => JSON.parse(line))
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (let i = 0; i < records.length; i += 50) {
    const messages = records.slice(i, i + 50).map((r) => ({ key: r.k, value: r.v, timestamp: String(r.t), headers: r.h }))
    const acks = await producer.send({ topic, acks: -1, compression: codecs[last], messages })
    for (const ack of acks) console.log(JSON.stringify({ p: ack.partition, o: Number(ack.baseOffset) }))
  }
  await producer.disconnect()
}

async function consume() {
  const consumer = kafka.consumer({ groupId: last, heartbeatInterval: 300, sessionTimeout: 10000, maxWaitTimeInMs: 200 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ partition, message: m }) => {
      const headers = Object.fromEntries(Object.entries(m.headers || {}).map(([name, value]) => [name, text(value)]))
      console.log(JSON.stringify({
        p: partition, o: Number(m.offset), k: text(m.key), v: text(m.value), t: Number(m.timestamp), h: headers,
      }))
    },
  })
  await stdin() // the end of the standard input says stop
  await consumer.disconnect()
}

const commands = { create, produce, consume }
commands[command]().then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
