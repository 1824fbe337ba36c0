/**
 * The 8x8 letters, figures and signs, 21h to 7Eh: one line a character, two hexadecimal digits a scan
 * line from the top, the leftmost dot in the highest bit. The other characters are derived from the
 * 8x16 font (fonts.ts).
 *
 * From the "Clean" bold 8x8 font of the X Window System:
 *
 * Copyright 1989 Dale Schumacher, dal@syntel.mn.org
 *                399 Beacon Ave.
 *                St. Paul, MN  55104-3527
 *
 * Permission to use, copy, modify, and distribute this software and its documentation for any purpose and
 * without fee is hereby granted, provided that the above copyright notice appear in all copies and that
 * both that copyright notice and this permission notice appear in supporting documentation, and that the
 * name of Dale Schumacher not be used in advertising or publicity pertaining to distribution of the
 * software without specific, written prior permission. Dale Schumacher makes no representations about the
 * suitability of this software for any purpose. It is provided "as is" without express or implied
 * warranty.
 */
// biome-ignore format: one character a line
export const LETTERS_8X8: readonly string[] = [
  '1818181818180018', // 21h !
  '1414140000000000', // 22h "
  '00247e24247e2400', // 23h #
  '081e281c0a3c0800', // 24h $
  '2052240812250200', // 25h %
  '384020304a443a00', // 26h &
  '0c08100000000000', // 27h '
  '0c18303030180c00', // 28h (
  '180c0606060c1800', // 29h )
  '08086b1c08142200', // 2Ah *
  '0808087f08080800', // 2Bh +
  '0000000000181020', // 2Ch ,
  '0000007f00000000', // 2Dh -
  '0000000000181800', // 2Eh .
  '0404080810102020', // 2Fh /
  '3c66666666663c00', // 30h 0
  '0c1c0c0c0c0c0c00', // 31h 1
  '3c66060c18307e00', // 32h 2
  '3c66061c06663c00', // 33h 3
  '0c1c3c6c7e0c1e00', // 34h 4
  '7e607c0606663c00', // 35h 5
  '1c30607c66663c00', // 36h 6
  '7e66060c0c181800', // 37h 7
  '3c66663c66663c00', // 38h 8
  '3c66663e060c3800', // 39h 9
  '0018180000181800', // 3Ah :
  '0018180000181020', // 3Bh ;
  '00071c701c070000', // 3Ch <
  '00007f00007f0000', // 3Dh =
  '00701c071c700000', // 3Eh >
  '3c66060c18001800', // 3Fh ?
  '3e415d555e403e00', // 40h @
  '18183c347e62e300', // 41h A
  '7e63637e63637e00', // 42h B
  '1e33606060331e00', // 43h C
  '7c66636363667c00', // 44h D
  '7f60607c60607f00', // 45h E
  '7f60607c60606000', // 46h F
  '1e33606067331f00', // 47h G
  '6363637f63636300', // 48h H
  '7e18181818187e00', // 49h I
  '1e06060666663c00', // 4Ah J
  '63666c786c666300', // 4Bh K
  '6060606060607e00', // 4Ch L
  '6363776b6b636300', // 4Dh M
  '6373736b6b676300', // 4Eh N
  '1c36636363361c00', // 4Fh O
  '7e63637e60606000', // 50h P
  '1c36636363361c06', // 51h Q
  '7e63637e6c666300', // 52h R
  '3e63603e03633e00', // 53h S
  '7e18181818181800', // 54h T
  '6363636363633e00', // 55h U
  '63636336361c1c00', // 56h V
  '63636b6b6b776300', // 57h W
  '66663c183c666600', // 58h X
  '66663c1818181800', // 59h Y
  '7e060c1830607e00', // 5Ah Z
  '1e18181818181e00', // 5Bh [
  '2020101008080404', // 5Ch \
  '3c0c0c0c0c0c3c00', // 5Dh ]
  '1834620000000000', // 5Eh ^
  '0000000000007f00', // 5Fh _
  '1808040000000000', // 60h `
  '00003f6363673b00', // 61h a
  '60607e6363637e00', // 62h b
  '00003e6060603e00', // 63h c
  '03033f6363633f00', // 64h d
  '00003e637f603e00', // 65h e
  '1e307c3030303000', // 66h f
  '00003f63633f033e', // 67h g
  '60607e6363636300', // 68h h
  '1800781818187e00', // 69h i
  '06001e060606063c', // 6Ah j
  '6060666c786c6600', // 6Bh k
  '3818181818183c00', // 6Ch l
  '0000766b6b6b6300', // 6Dh m
  '00006e7363636300', // 6Eh n
  '00003e6363633e00', // 6Fh o
  '00007e6363637e60', // 70h p
  '00003f6363633f03', // 71h q
  '00006e7060606000', // 72h r
  '00003e603c067c00', // 73h s
  '18187e1818180e00', // 74h t
  '0000636363673b00', // 75h u
  '00007736361c1c00', // 76h v
  '0000636b6b6b3600', // 77h w
  '0000663c183c6600', // 78h x
  '00006666663e063c', // 79h y
  '00007e0c18307e00', // 7Ah z
  '0e18183018180e00', // 7Bh {
  '0808080808080800', // 7Ch |
  '380c0c060c0c3800', // 7Dh }
  '3149460000000000', // 7Eh ~
];
