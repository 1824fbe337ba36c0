/**
 * Generated from src/devices/firmware/guest/racer.asm by scripts/build-firmware.ts; do not edit.
 */

/** The image, in base64. */
export const IMAGE =
  'ArCtGwAAAQD+T1HkAAAQAAAAEAAgCRAAAAASACAAEAD6/LzAEREA6FwAAADolQAAAOgmBwAA6CYGAADokgcAAL5fABAA6CQI' +
  'AADoYggAAOjVAgAA6J0CAAD76ZUDAAByYWNlcjogdHdvIHdvcmtlcnMsIG9uZSBjb3VudGVyLCBubyBsb2NrAA8BFcAAEADq' +
  'lgAQAAgAuBAAAACO2I7AjtAxwI7gjujDAAAAAAAAAAD//wAAAJrPAP//AAAAks8AFwCoABAAvwAAEQC+MAIQALkwAAAArWaJ' +
  'B2bHRwIIAGbHRwQAjsHoEGaJRwaDxwji5A8BHfACEACwEeYg5qCwIOYhsCjmobAE5iGwAuahsAHmIeahsPzmIbD/5qHDagBq' +
  'AOnBAAAAagBqAem4AAAAagBqAumvAAAAagBqA+mmAAAAagBqBOmdAAAAagBqBemUAAAAagBqBumLAAAAagBqB+mCAAAAagjr' +
  'fmoAagnreGoK63RqC+twagzrbGoN62hqDutkagBqD+teagBqEOtYahHrVGoAahLrTmoAahPrSGoAahTrQmoAahXrPGoAahbr' +
  'NmoAahfrMGoAahjrKmoAahnrJGoAahrrHmoAahvrGGoAahzrEmoAah3rDGoAah7rBmoAah/rAL4YAhAA6H0GAACLBCTofgYA' +
  'AL4qAhAA6GsGAACLRCQI6IgGAADooAYAALAC6fAGAABQQU5JQzogZXhjZXB0aW9uIAAgYXQgAM8dARAAJgEQAC8BEAA4ARAA' +
  'QQEQAEoBEABTARAAXAEQAGUBEABpARAAbwEQAHMBEAB3ARAAewEQAH8BEACDARAAiQEQAI8BEACTARAAmQEQAJ8BEAClARAA' +
  'qwEQALEBEAC3ARAAvQEQAMMBEADJARAAzwEQANUBEADbARAA4QEQAAMDEAC3BhAALwIQAC8CEAAvAhAALwIQAC8CEAAvAhAA' +
  'LwIQAC8CEAAvAhAALwIQAC8CEAAvAhAALwIQAC8CEAB/AQAAEQCwNOZDsKnmQLAE5kDDYP8FEAMQALAg5iDrBAAAAACLHWAD' +
  'EACJI4tbBIkdYAMQAIsjYc+7dAMQALrAIREA6AoAAAC7hAMQALrAMREAg+osx0IglAMQAMdCJAgAAADHQigCAgAAiVoQiRPD' +
  'ZAMQAAAAAAB0AxAAAAAAAAAAAAAAAAAAhAMQAAAAAAABAAAAAAAAAGQDEAAAAAAAAgAAAOgdAAAAJf8HAAAFAAIAAEh1/aHs' +
  'AxAAQKPsAxAA/0MI6973Qwg/AAAAdQXl6DFDDItDDAMF8AMQAInBweENMciJwcHpETHIicHB4QUxyHUBQIlDDMMAAAAAAAAA' +
  'AAAAAOgxAQAA6MsBAAChEAMQADsFXAYQAHIPgQVcBhAA6AMAAOhiAQAAoRADEAA7BVgGEAByHIMFWAYQAGToEwAAAIE9EAMQ' +
  'AKAPAAAPg5sAAAD06676oewDEACLFXwDEAADFYwDEAD7OdByAcP6UlDGBRwIEABP6PQAAAC+rQQQAOj3AwAAWOj6AwAAvsoE' +
  'EADo5wMAAFjo6gMAAL7WBBAA6NcDAAChEAMQAOjWAwAA6AsEAACwAelbBAAAUEFOSUM6IGxvc3QgdXBkYXRlOiBjb3VudGVy' +
  'PQAsIGV4cGVjdGVkPQAsIHRpY2s9AOhj////+uh4AAAAvh0FEADoewMAAKHsAxAA6HoDAAC+1gQQAOhnAwAAoRADEADoZgMA' +
  'AOibAwAAsADp6wMAAE9LOiBjb3VudGVyPQDoywEAAHUI6HcCAAB1AcPoEgAAAOhGAgAAxgVgBhAAATxxdJDr2g+2yMEF8AMQ' +
  'AAcBDfADEADDgD1gBhAAAHQRxgVgBhAAAL7/CBAA6EoCAADD6OD///++uAUQAOg6AgAAoRADEAC/iQcQAOiNAgAAvr4FEADo' +
  'IQIAAKHsAxAA6HkCAAC+/wgQAOkNAgAAdGljayAALCBjb3VudGVyIADHBRgIEAAAgAsAvigGEADoKwIAAKEQAxAAv+4HEADo' +
  'OwIAAL41BhAA6BICAACh7AMQAOgnAgAAvkAGEADo/gEAAKF8AxAA6BMCAAC+TAYQAOjqAQAAoYwDEADp/wEAAHJhY2VyICB0' +
  'aWNrIAAgIGNvdW50ZXIgACAgd29ya2VyIGEgACAgd29ya2VyIGIgAGQAAADoAwAAAOgkAAAAsCDoKAAAAOg5AAAA5GAMQSTv' +
  'iMSwYOgUAAAA6BkAAACI4OZg5GSoAXQE5GDr9sNQ6AQAAABY5mTDuaCGAQDkZKgC4PrDuaCGAQDkZKgB4frDUFPkYA+22IP7' +
  'OnMwioMaBxAAhMB0JosdVAcQACsdWAcQAIP7QHQVix1UBxAAg+M/iIOAAREA/wVUBxAAsCDmIFtYz4sdWAcQADsdVAcQAHQR' +
  '/wVYBxAAg+M/ioOAAREAhMDDABsxMjM0NTY3ODkwLT0ICXF3ZXJ0eXVpb3BbXQ0AYXNkZmdoamtsOydgAFx6eGN2Ym5tLC4v' +
  'ACoAIAAAAAAAAAAAvnIHEAAPtxaF0nQJikYC7oPGA+vww/kDAPsDg/gDAfkDAPsDA/oDB/wDAwAAUlC6/QMAAOyoIHT7WLr4' +
  'AwAA7lrDUlC6/QMAAOyoQHT7WFrDuv0DAADsPP90DSQBdAm6+AMAAOyAzAHDV7+JBxAA6E0AAABfw78AgAsAudAHAABmuCAH' +
  '82arZrrUA2a4CiBm78NTix0YCBAAiAOgHAgQAIhDAYMFGAgQAAJbw1e/7gcQAOgKAAAAX8MAAAAAgAsAB6yEwHQE/9fr98O7' +
  'CgAAAGoAMdL384PCMFKFwHX0WIXAdAT/1+v3w7kIAAAAicLBwgSJ0IPgD4qAXggQAP/X4u7DMDEyMzQ1Njc4OUFCQ0RFRlbo' +
  'Uf///17rZFC/iQcQAOil////WOhqAAAAv+4HEADolf///+tRUL+JBxAA6KX///9Y6E0AAAC/7gcQAOiV////6zShBAkQAC0A' +
  'gAsAMdK7oAAAAPfzQPfjBQCACwCjBAkQAL7/CBAA6er+///oEgAAAOgj/////zUYCBAAjwUECRAAw/81BAkQAI8FGAgQAMMN' +
  'CgAAAECBCwD66JD+///m9PTr/QAAAAAAAAAAAAAAAAA=';

/** Address in hex, t (code) or d (data), and name of every label, a line each. */
export const SYMBOLS = `\
00100000 d image
00100000 d multiboot_header
00100020 t start
0010005f d banner
00100088 t load_descriptors
00100096 t load_descriptors.reload
001000a8 d gdt
001000c0 d gdt_end
001000c0 d gdtr
001000c6 t install_interrupts
001000d5 t install_interrupts.gate
001000f8 t start_pic
0010011d t exception_0
00100126 t exception_1
0010012f t exception_2
00100138 t exception_3
00100141 t exception_4
0010014a t exception_5
00100153 t exception_6
0010015c t exception_7
00100165 t exception_8
00100169 t exception_9
0010016f t exception_10
00100173 t exception_11
00100177 t exception_12
0010017b t exception_13
0010017f t exception_14
00100183 t exception_15
00100189 t exception_16
0010018f t exception_17
00100193 t exception_18
00100199 t exception_19
0010019f t exception_20
001001a5 t exception_21
001001ab t exception_22
001001b1 t exception_23
001001b7 t exception_24
001001bd t exception_25
001001c3 t exception_26
001001c9 t exception_27
001001cf t exception_28
001001d5 t exception_29
001001db t exception_30
001001e1 t exception_31
001001e7 t exception
00100218 d exception.text
0010022a d exception.at
0010022f t spurious
00100230 d entry_points
001002f0 d idtr
001002f6 t start_timer
00100303 t timer_interrupt
00100310 d ticks
00100314 t switch_task
00100329 t start_tasks
00100342 t start_tasks.prepare
00100360 d current
00100364 d monitor_task
00100374 d worker_a
0010037c d worker_a.additions
00100380 d worker_a.random
00100384 d worker_b
0010038c d worker_b.additions
00100390 d worker_b.random
00100394 t worker
001003a3 t worker.work
001003a6 t worker.load
001003ab t worker.add
001003ac t worker.store
001003b6 t random
001003c4 t random.mix
001003e5 t random.done
001003ec d counter
001003f0 d stir
001003f4 t monitor
0010041a t monitor.check
00100443 t monitor.rest
00100446 t check
0010045e t panic_lost_update
001004ad d panic_lost_update.text
001004ca d panic_lost_update.expected
001004d6 d at_tick
001004de t end_well
0010051d d end_well.text
0010052a t answer_keys
00100539 t answer_keys.key
00100550 t stir_in
00100561 t fresh_line
0010057b t fresh_line.done
0010057c t report
001005b8 d report.text
001005be d report.counter
001005c9 t show_status
00100628 d show_status.text
00100635 d show_status.counter
00100640 d show_status.worker_a
0010064c d show_status.worker_b
00100658 d next_check
0010065c d next_report
00100660 d echoed
00100661 t start_keyboard
0010068a t start_keyboard.drain
00100694 t start_keyboard.drained
00100695 t start_keyboard.command
0010069f t start_keyboard.wait_empty
001006a4 t start_keyboard.still_full
001006ab t start_keyboard.wait_full
001006b0 t start_keyboard.still_empty
001006b7 t keyboard_interrupt
001006f3 t keyboard_interrupt.done
001006fa t next_key
00100719 t next_key.none
0010071a d keymap
00100754 d key_in
00100758 d key_out
0010075c t start_serial
00100761 t start_serial.next
00100771 t start_serial.done
00100772 d start_serial.values
00100789 t serial_output
00100790 t serial_output.busy
0010079e t serial_drain
001007a5 t serial_drain.busy
001007ad t serial_input
001007c4 t serial_input.done
001007c5 t serial_text
001007d2 t clear_screen
001007ee t screen_output
00100808 t screen_text
00100818 d cursor
0010081c d attribute
0010081d t print_text
00100826 t print_text.done
00100827 t print_number
0010082e t print_number.divide
0010083a t print_number.digit
00100843 t print_number.done
00100844 t print_hex
0010084b t print_hex.digit
0010085e d digits
0010086e t announce
00100877 t announce_number
00100894 t announce_hex
001008b1 t announce_line
001008db t announce_on_screen
001008e5 t announced
001008f2 t announcing
001008ff d end_of_line
00100904 d announcement
00100908 t exit
00100910 t exit.stopped
00100920 d image_end
00110000 d idt
00110180 d key_queue
001111c0 d monitor_stack_top
001121c0 d worker_a_stack_top
001131c0 d worker_b_stack_top
`;
