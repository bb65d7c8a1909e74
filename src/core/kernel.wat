;; The passes of vectorPass.ts on the processor's vector unit, two float64 at a time, with the same operations in the
;; same order: the results have the same bits. `npm run kernel` writes what it is built to into kernelBytes.ts. What
;; stands between a `for %o in` and its `end` is repeated with each of the words in the place of %o: loops of eight
;; numbers take half as long as loops of two.
;;
;; Memory: 512 entries of the table of exponentials (see `weigh`) at 0, the numbers from 4096 on. All counts are in
;; bytes: of blocks of 64 numbers, or of eight.
(module
  (memory (export "memory") 1)

  ;; The largest number of every block in $from..$end goes to $to, $to + 8, ...; the least of all is returned. pmax and
  ;; pmin keep the first where the second is NaN.
  (func (export "scan") (param $from i32) (param $end i32) (param $to i32) (result f64)
    (local $stop i32)
    (local $largest v128) (local $largest2 v128) (local $least v128) (local $least2 v128)
    (local.set $least (f64x2.splat (f64.const inf)))
    (local.set $least2 (local.get $least))
    (loop $blocks
      (local.set $stop (i32.add (local.get $from) (i32.const 512)))
      (local.set $largest (f64x2.splat (f64.const -inf)))
      (local.set $largest2 (local.get $largest))
      (loop $numbers
        (local.set $largest (f64x2.pmax (local.get $largest) (v128.load (local.get $from))))
        (local.set $largest2 (f64x2.pmax (local.get $largest2) (v128.load offset=16 (local.get $from))))
        (local.set $least (f64x2.pmin (local.get $least) (v128.load (local.get $from))))
        (local.set $least2 (f64x2.pmin (local.get $least2) (v128.load offset=16 (local.get $from))))
        (local.set $from (i32.add (local.get $from) (i32.const 32)))
        (br_if $numbers (i32.lt_u (local.get $from) (local.get $stop))))
      (local.set $largest (f64x2.pmax (local.get $largest) (local.get $largest2)))
      (f64.store (local.get $to)
        (f64.max (f64x2.extract_lane 0 (local.get $largest)) (f64x2.extract_lane 1 (local.get $largest))))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (br_if $blocks (i32.lt_u (local.get $from) (local.get $end))))
    (local.set $least (f64x2.pmin (local.get $least) (local.get $least2)))
    (f64.min (f64x2.extract_lane 0 (local.get $least)) (f64x2.extract_lane 1 (local.get $least))))

  ;; The same of float32.
  (func (export "scan32") (param $from i32) (param $end i32) (param $to i32) (result f64)
    (local $stop i32)
    (local $largest v128) (local $largest2 v128) (local $least v128) (local $least2 v128)
    (local.set $least (f32x4.splat (f32.const inf)))
    (local.set $least2 (local.get $least))
    (loop $blocks
      (local.set $stop (i32.add (local.get $from) (i32.const 256)))
      (local.set $largest (f32x4.splat (f32.const -inf)))
      (local.set $largest2 (local.get $largest))
      (loop $numbers
        (local.set $largest (f32x4.pmax (local.get $largest) (v128.load (local.get $from))))
        (local.set $largest2 (f32x4.pmax (local.get $largest2) (v128.load offset=16 (local.get $from))))
        (local.set $least (f32x4.pmin (local.get $least) (v128.load (local.get $from))))
        (local.set $least2 (f32x4.pmin (local.get $least2) (v128.load offset=16 (local.get $from))))
        (local.set $from (i32.add (local.get $from) (i32.const 32)))
        (br_if $numbers (i32.lt_u (local.get $from) (local.get $stop))))
      (local.set $largest (f32x4.pmax (local.get $largest) (local.get $largest2)))
      (f64.store (local.get $to)
        (f64.promote_f32
          (f32.max
            (f32.max (f32x4.extract_lane 0 (local.get $largest)) (f32x4.extract_lane 1 (local.get $largest)))
            (f32.max (f32x4.extract_lane 2 (local.get $largest)) (f32x4.extract_lane 3 (local.get $largest))))))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (br_if $blocks (i32.lt_u (local.get $from) (local.get $end))))
    (local.set $least (f32x4.pmin (local.get $least) (local.get $least2)))
    (f64.promote_f32
      (f32.min
        (f32.min (f32x4.extract_lane 0 (local.get $least)) (f32x4.extract_lane 1 (local.get $least)))
        (f32.min (f32x4.extract_lane 2 (local.get $least)) (f32x4.extract_lane 3 (local.get $least))))))

  ;; Replaces every x in $from..$end by exp(x - max), as `expNormal` of exponential.ts does, where no exponent is taken
  ;; to be below -708. Adding 1.5 * 2^52 rounds to a whole number n, which is then in the low bits. Entry j of the table
  ;; has the bits of 2^(j / 512) less j << 43: added to n << 43, where j = n mod 512, that gives the bits of
  ;; 2^(n / 512). $one, $two and $three are the terms of the series for one step.
  ;; Returns the sum of the exponentials, and that of each times its exponent.
  (func (export "weigh") (param $from i32) (param $end i32) (param $max f64)
    (param $stepsPerUnit f64) (param $one f64) (param $two f64) (param $three f64) (result f64 f64)
    ;; for %o in 0 16 32 48
    (local $below%o v128) (local $steps%o v128) (local $rounded%o v128) (local $entry%o v128) (local $r%o v128)
    (local $weight%o v128)
    ;; end
    (local $largest v128) (local $lowest v128) (local $perUnit v128) (local $rounder v128) (local $index v128)
    (local $c0 v128) (local $c1 v128) (local $c2 v128) (local $c3 v128) (local $sum v128) (local $weighted v128)
    (local.set $largest (f64x2.splat (local.get $max)))
    (local.set $lowest (f64x2.splat (f64.const -708)))
    (local.set $perUnit (f64x2.splat (local.get $stepsPerUnit)))
    (local.set $rounder (f64x2.splat (f64.const 0x1.8p52)))
    (local.set $index (i64x2.splat (i64.const 4088)))
    (local.set $c0 (f64x2.splat (f64.const 1)))
    (local.set $c1 (f64x2.splat (local.get $one)))
    (local.set $c2 (f64x2.splat (local.get $two)))
    (local.set $c3 (f64x2.splat (local.get $three)))
    (loop $numbers
      ;; for %o in 0 16 32 48
      (local.set $below%o
        (f64x2.pmax (f64x2.sub (v128.load offset=%o (local.get $from)) (local.get $largest)) (local.get $lowest)))
      (local.set $steps%o (f64x2.mul (local.get $below%o) (local.get $perUnit)))
      (local.set $rounded%o (f64x2.add (local.get $steps%o) (local.get $rounder)))
      (local.set $r%o
        (f64x2.sub (local.get $steps%o) (f64x2.sub (local.get $rounded%o) (local.get $rounder))))
      (local.set $entry%o (v128.and (i64x2.shl (local.get $rounded%o) (i32.const 3)) (local.get $index)))
      (local.set $weight%o
        (f64x2.mul
          (f64x2.add (local.get $c0)
            (f64x2.mul (local.get $r%o)
              (f64x2.add (local.get $c1)
                (f64x2.mul (local.get $r%o)
                  (f64x2.add (local.get $c2) (f64x2.mul (local.get $r%o) (local.get $c3)))))))
          (i64x2.add
            (v128.load64_lane 1 (i32x4.extract_lane 2 (local.get $entry%o))
              (v128.load64_zero (i32x4.extract_lane 0 (local.get $entry%o))))
            (i64x2.shl (local.get $rounded%o) (i32.const 43)))))
      (v128.store offset=%o (local.get $from) (local.get $weight%o))
      (local.set $sum (f64x2.add (local.get $sum) (local.get $weight%o)))
      (local.set $weighted
        (f64x2.add (local.get $weighted) (f64x2.mul (local.get $weight%o) (local.get $below%o))))
      ;; end
      (local.set $from (i32.add (local.get $from) (i32.const 64)))
      (br_if $numbers (i32.lt_u (local.get $from) (local.get $end))))
    (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum)))
    (f64.add (f64x2.extract_lane 0 (local.get $weighted)) (f64x2.extract_lane 1 (local.get $weighted))))

  ;; The same sums of float32, which stay as they are.
  (func (export "sum32") (param $from i32) (param $end i32) (param $max f64)
    (param $stepsPerUnit f64) (param $one f64) (param $two f64) (param $three f64) (result f64 f64)
    ;; for %o in 0 8 16 24
    (local $below%o v128) (local $steps%o v128) (local $rounded%o v128) (local $entry%o v128) (local $r%o v128)
    (local $weight%o v128)
    ;; end
    (local $largest v128) (local $lowest v128) (local $perUnit v128) (local $rounder v128) (local $index v128)
    (local $c0 v128) (local $c1 v128) (local $c2 v128) (local $c3 v128) (local $sum v128) (local $weighted v128)
    (local.set $largest (f64x2.splat (local.get $max)))
    (local.set $lowest (f64x2.splat (f64.const -708)))
    (local.set $perUnit (f64x2.splat (local.get $stepsPerUnit)))
    (local.set $rounder (f64x2.splat (f64.const 0x1.8p52)))
    (local.set $index (i64x2.splat (i64.const 4088)))
    (local.set $c0 (f64x2.splat (f64.const 1)))
    (local.set $c1 (f64x2.splat (local.get $one)))
    (local.set $c2 (f64x2.splat (local.get $two)))
    (local.set $c3 (f64x2.splat (local.get $three)))
    (loop $numbers
      ;; for %o in 0 8 16 24
      (local.set $below%o
        (f64x2.pmax (f64x2.sub (f64x2.promote_low_f32x4 (v128.load64_zero offset=%o (local.get $from))) (local.get $largest)) (local.get $lowest)))
      (local.set $steps%o (f64x2.mul (local.get $below%o) (local.get $perUnit)))
      (local.set $rounded%o (f64x2.add (local.get $steps%o) (local.get $rounder)))
      (local.set $r%o
        (f64x2.sub (local.get $steps%o) (f64x2.sub (local.get $rounded%o) (local.get $rounder))))
      (local.set $entry%o (v128.and (i64x2.shl (local.get $rounded%o) (i32.const 3)) (local.get $index)))
      (local.set $weight%o
        (f64x2.mul
          (f64x2.add (local.get $c0)
            (f64x2.mul (local.get $r%o)
              (f64x2.add (local.get $c1)
                (f64x2.mul (local.get $r%o)
                  (f64x2.add (local.get $c2) (f64x2.mul (local.get $r%o) (local.get $c3)))))))
          (i64x2.add
            (v128.load64_lane 1 (i32x4.extract_lane 2 (local.get $entry%o))
              (v128.load64_zero (i32x4.extract_lane 0 (local.get $entry%o))))
            (i64x2.shl (local.get $rounded%o) (i32.const 43)))))
      (local.set $sum (f64x2.add (local.get $sum) (local.get $weight%o)))
      (local.set $weighted
        (f64x2.add (local.get $weighted) (f64x2.mul (local.get $weight%o) (local.get $below%o))))
      ;; end
      (local.set $from (i32.add (local.get $from) (i32.const 32)))
      (br_if $numbers (i32.lt_u (local.get $from) (local.get $end))))
    (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum)))
    (f64.add (f64x2.extract_lane 0 (local.get $weighted)) (f64x2.extract_lane 1 (local.get $weighted)))))
