// One thing that users of the Node.js client do, against a server: node client.cjs ENDPOINTS WHAT TOPIC GROUP
// Ends with 0 if everything was as it should be; else says what was not.
'use strict';

const assert = require('node:assert/strict');
const { Producer, SimpleConsumer, PushConsumer, ConsumeResult } = require('rocketmq-client-nodejs');
const {
  TransactionResolution,
} = require('rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb');

const [endpoints, what, topic, group] = process.argv.slice(2);
const quiet = { info() {}, warn() {}, error() {}, debug() {}, close() {} };
const common = { namespace: '', endpoints, logger: quiet, requestTimeout: 10000 };
const subscriptions = new Map([[topic, '*']]);

async function producer(more = {}) {
  const started = new Producer({ ...common, topics: [topic], topic, ...more });
  await started.startup();
  return started;
}

async function simpleConsumer() {
  const started = new SimpleConsumer({
    ...common,
    consumerGroup: group,
    subscriptions,
    awaitDuration: 5000,
  });
  await started.startup();
  return started;
}

/** The next so many messages, acknowledged. */
async function receive(consumer, count) {
  const messages = [];
  while (messages.length < count) {
    const more = await consumer.receive(count - messages.length, 30000);
    assert.ok(more.length > 0, `only ${messages.length} of ${count} messages came`);
    for (const message of more) {
      await consumer.ack(message);
    }
    messages.push(...more);
  }
  return messages;
}

const text = message => message.body.toString('utf-8');

const scenarios = {
  async simple() {
    const consumer = await simpleConsumer();
    const sender = await producer();
    const receipt = await sender.send({
      topic,
      tag: 'red',
      keys: ['k1', 'k2'],
      properties: new Map([['colour', 'blue']]),
      body: Buffer.from('hello 😄'),
    });
    const [message] = await receive(consumer, 1);
    assert.equal(text(message), 'hello 😄');
    assert.equal(message.messageId, receipt.messageId);
    assert.equal(message.tag, 'red');
    assert.deepEqual(message.keys, ['k1', 'k2']);
    assert.equal(message.properties.get('colour'), 'blue');
    assert.equal(message.deliveryAttempt, 1);
    await sender.send({ topic, body: Buffer.from('again') });
    const [first] = await consumer.receive(1, 30000);
    await consumer.changeInvisibleDuration(first, 100);
    const [second] = await receive(consumer, 1);
    assert.equal(second.deliveryAttempt, 2);
    await assert.rejects(consumer.ack(second));
    return [sender, consumer];
  },

  async push() {
    const got = [];
    const consumer = new PushConsumer({
      ...common,
      consumerGroup: group,
      subscriptions,
      longPollingTimeout: 5000,
      messageListener: {
        async consume(message) {
          got.push(`${text(message)} ${message.deliveryAttempt}`);
          return text(message) === '3' && message.deliveryAttempt === 1
            ? ConsumeResult.FAILURE
            : ConsumeResult.SUCCESS;
        },
      },
    });
    await consumer.startup();
    const sender = await producer();
    for (let i = 0; i < 10; i++) {
      await sender.send({ topic, body: Buffer.from(`${i}`) });
    }
    await until(() => got.length >= 11, () => `got ${got}`);
    assert.deepEqual(
      [...got].sort(),
      [...Array.from({ length: 10 }, (_, i) => `${i} 1`), '3 2'].sort());
    return [sender, consumer];
  },

  async fifo() {
    const got = [];
    const consumer = new PushConsumer({
      ...common,
      consumerGroup: group,
      subscriptions,
      longPollingTimeout: 5000,
      messageListener: {
        async consume(message) {
          if (text(message) === '2' && message.deliveryAttempt === 1) {
            return ConsumeResult.FAILURE;
          }
          got.push(text(message));
          return ConsumeResult.SUCCESS;
        },
      },
    });
    await consumer.startup();
    const sender = await producer();
    for (let i = 0; i < 10; i++) {
      await sender.send({ topic, messageGroup: 'one', body: Buffer.from(`${i}`) });
    }
    await until(() => got.length >= 10, () => `got ${got}`);
    assert.deepEqual(got, Array.from({ length: 10 }, (_, i) => `${i}`));
    return [sender, consumer];
  },

  async delay() {
    const consumer = await simpleConsumer();
    const sender = await producer();
    const due = Date.now() + 1500;
    await sender.send({ topic, deliveryTimestamp: new Date(due), body: Buffer.from('soon') });
    const later = await sender.send({ topic, delay: 3600000, body: Buffer.from('later') });
    const recalled = await sender.recallMessage(topic, later.recallHandle);
    assert.equal(recalled.messageId, later.messageId);
    const [message] = await receive(consumer, 1);
    assert.equal(text(message), 'soon');
    assert.ok(Date.now() >= due);
    return [sender, consumer];
  },

  async transaction() {
    const asked = [];
    const consumer = await simpleConsumer();
    const sender = await producer({
      checker: {
        async check(message) {
          asked.push(text(message));
          return TransactionResolution.COMMIT;
        },
      },
    });
    const back = sender.beginTransaction();
    await sender.send({ topic, body: Buffer.from('no') }, back);
    await back.rollback();
    const commit = sender.beginTransaction();
    await sender.send({ topic, body: Buffer.from('yes') }, commit);
    await commit.commit();
    assert.equal(text((await receive(consumer, 1))[0]), 'yes');
    await sender.send({ topic, body: Buffer.from('orphan') }, sender.beginTransaction());
    let orphans = [];
    await until(
      async () => {
        orphans = await consumer.receive(1, 30000);
        return orphans.length > 0;
      },
      () => `asked about ${asked}`);
    assert.equal(text(orphans[0]), 'orphan');
    assert.deepEqual(asked, ['orphan']);
    return [sender, consumer];
  },
};

async function until(condition, otherwise) {
  const end = Date.now() + 60000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, otherwise());
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

scenarios[what]().then(
  () => {
    console.log('as it should be');
    process.exit(0);
  },
  error => {
    console.log(error.stack);
    process.exit(1);
  });
