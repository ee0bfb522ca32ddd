#!/usr/bin/env bash
# Makes the emulator's twelve stock videos beside this script; needs ffmpeg with libx264. Run again only to change how they look.
# One for each duration x aspect x sound: a sun that rises over two rows of drifting hills, and a bar along the bottom that fills as
# the video plays; the sound is a soft chord that breathes once in four seconds. H.264 yuv420p at 12 frames a second, AAC mono at
# 24 kbit/s, the index in front so that playing starts at once, no metadata, so that the same ffmpeg makes the same bytes.
set -euo pipefail
cd "$(dirname "$0")"

# One colour channel: sky at the top, sky at the horizon, glow around the sun, the sun, the far hills, the near hills (0 to 255 each).
channel() {
  local p="(T/$seconds)" unit="min(W,H)"
  echo "st(0,hypot(X-0.5*W,Y-H*(0.70-0.36*$p)))\
;st(1,$1+($2-$1)*clip(Y/(0.75*H),0,1)+$3*exp(-ld(0)/(0.3*$unit)))\
;st(2,clip((0.12*$unit-ld(0))/2+0.5,0,1))\
;st(3,ld(1)+($4-ld(1))*ld(2))\
;st(4,clip((Y-H*(0.68+0.05*sin(2*PI*(1.3*X/W+0.2*$p))+0.02*sin(2*PI*(3.1*X/W+0.3*$p))))/1.5+0.5,0,1))\
;st(5,ld(3)+($5-ld(3))*ld(4))\
;st(6,clip((Y-H*(0.83+0.04*sin(2*PI*(0.9*X/W+0.5*$p)+1)))/1.5+0.5,0,1))\
;clip(ld(5)+($6-ld(5))*ld(6),0,255)"
}

make_video() { # seconds aspect width height
  local seconds=$1 name="$1s-$2" width=$3 height=$4
  local scene="color=black:size=${width}x$height:rate=12:duration=$seconds,format=gbrp"
  scene+=",geq=r='$(channel 38 244 40 255 128 44)':g='$(channel 36 166 40 242 78 34)':b='$(channel 84 122 20 214 112 62)'"
  local bar="color=0xfff1d6:size=${width}x4:rate=12:duration=$seconds"
  local graph="[0:v][1:v]overlay=x='-w+w*(t+1/12)/$seconds':y=H-h:shortest=1,format=yuv420p[v]"
  local exact=(-threads 1 -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -movflags +faststart)
  local picture=(-map '[v]' -c:v libx264 -preset veryslow -crf 30 -g 48)
  local tone="aevalsrc='(0.55-0.4*cos(PI*t/2))*(0.16*sin(2*PI*220*t)+0.12*sin(2*PI*277.18*t)+0.1*sin(2*PI*329.63*t))':s=32000:d=$seconds"
  local sources=(-f lavfi -i "$scene" -f lavfi -i "$bar")

  ffmpeg -hide_banner -loglevel error -y "${sources[@]}" -filter_complex "$graph" "${picture[@]}" "${exact[@]}" -t "$seconds" "$name.mp4"
  ffmpeg -hide_banner -loglevel error -y "${sources[@]}" -f lavfi -i "$tone" -filter_complex "$graph" "${picture[@]}" \
    -map 2:a -c:a aac -b:a 24k -ac 1 "${exact[@]}" -t "$seconds" "$name-audio.mp4"
}

for seconds in 5 10; do
  make_video "$seconds" 16x9 320 180
  make_video "$seconds" 9x16 180 320
  make_video "$seconds" 1x1 240 240
done
