import { precisionOf } from '../../../../electron/contract/exports.ts';
import { isTflite, squareComment, type Snippet, type SnippetFacts } from './snippet.ts';

/** How a channel's value goes in and a class's probability comes out, by the type of a file's input. */
function numbers({ format, classes, options: { tfliteInput } }: SnippetFacts) {
  if (precisionOf(format) !== 'int8')
    return {
      bytes: 4,
      put: 'putFloat(value.toFloat())',
      array: `FloatArray(${classes})`,
      answer: 'output[0]',
    };
  const isUnsigned = tfliteInput === 'uint8';
  return {
    bytes: 1,
    put: isUnsigned ? 'put(value.toByte())' : 'put((value - 128).toByte())',
    array: `ByteArray(${classes})`,
    answer: isUnsigned
      ? `FloatArray(${classes}) { (output[0][it].toInt() and 255) / 256f }`
      : `FloatArray(${classes}) { (output[0][it] + 128) / 256f }`,
  };
}

export const kotlinSnippet: Snippet = {
  title: 'Kotlin, LiteRT (Android)',
  takes: isTflite,
  install: 'implementation("com.google.ai.edge.litert:litert:1.4.0")',
  code: (facts) => {
    const { size, resize } = facts.image;
    const { bytes, put, array, answer } = numbers(facts);
    return `import android.content.Context
import android.graphics.Bitmap
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.tensorflow.lite.Interpreter

// ${facts.file} and labels.txt (of the bundle) lie in app/src/main/assets.
fun load(context: Context): Interpreter {
    val bytes = context.assets.open("${facts.file}").use { it.readBytes() }
    val model = ByteBuffer.allocateDirect(bytes.size).order(ByteOrder.nativeOrder())
    model.put(bytes).rewind()
    return Interpreter(model)
}

/** The probability of each class, in the order of labels.txt. */
fun classify(network: Interpreter, photo: Bitmap): FloatArray {
    // ${squareComment[resize]}
    // createScaledBitmap skips pixels: reduce a large photo by halves first.
    val image = Bitmap.createScaledBitmap(photo, ${size}, ${size}, true)
    val pixels = IntArray(${size} * ${size})
    image.getPixels(pixels, 0, ${size}, 0, 0, ${size}, ${size})
    val input = ByteBuffer.allocateDirect(${bytes} * 3 * pixels.size).order(ByteOrder.nativeOrder())
    for (pixel in pixels) {
        for (shift in intArrayOf(16, 8, 0)) { // red, green, blue
            val value = (pixel shr shift) and 255
            input.${put}
        }
    }
    input.rewind()
    val output = arrayOf(${array})
    network.run(input, output)
    return ${answer}
}
`;
  },
};
