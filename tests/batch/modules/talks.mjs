// Its timer would keep a thread alive that nobody ends.
setInterval(() => {}, 1_000)

export default () => ({
  onStart() { for (let i = 0; i < 100; i++) console.log(`line ${i}`) },
})
