// A stand-in for what the sketch of docs/surfaces/serial.md needs of Arduino's library, on a terminal: pin 2 is pressed by a
// signal, and each lamp that changes is told on stderr.
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

typedef unsigned char byte;
enum { LOW = 0, HIGH = 1, OUTPUT = 1, INPUT_PULLUP = 2 };

static int port = -1;
static volatile sig_atomic_t pressed = 0;
static int lamp[64];

static unsigned long millis() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000UL + now.tv_nsec / 1000000UL;
}
static void pinMode(int, int) {}
static int digitalRead(int pin) { return pin == 2 && pressed ? LOW : HIGH; }
static void digitalWrite(int pin, int value) {
  if (lamp[pin] == value) return;
  lamp[pin] = value;
  fprintf(stderr, "lamp %d %d\n", pin, value);
}

static struct {
  void begin(long) {}
  void print(const char *text) { if (write(port, text, strlen(text)) < 0) _exit(1); }
  void println(const char *text) { print(text); print("\r\n"); }
  void println(int value) { char text[16]; snprintf(text, sizeof text, "%d", value); println(text); }
  bool available() { pollfd at = {port, POLLIN, 0}; return poll(&at, 1, 0) > 0; }
  char read() { char c = 0; if (::read(port, &c, 1) <= 0) _exit(0); return c; }
} Serial;

void setup();
void loop();

int main(int, char **argv) {
  port = open(argv[1], O_RDWR | O_NOCTTY);
  if (port < 0) return 2;
  signal(SIGUSR1, [](int) { pressed = 1; });
  signal(SIGUSR2, [](int) { pressed = 0; });
  setup();
  for (;;) {
    loop();
    usleep(1000);
  }
}
