import { GraphBuilder } from './electron/engine/backend/onnx/graph.ts';
import { Emitter, plainValue, blockedValue, blockedDims, probeBlock, blockSize, type Value } from './electron/engine/backend/onnxruntime/layout.ts';
import { Session, probe, floatFeed } from './electron/engine/backend/onnxruntime/session.ts';
import * as C from './electron/engine/backend/onnxruntime/kernels/convolution.ts';
probe(); probeBlock();
const B=16;
const size=(s:readonly number[])=>s.reduce((a,b)=>a*b,1);
type F=(e:Emitter,v:Value[])=>Value;
function bench(shapes:number[][], blk:boolean[], outShape:number[], ways:Record<string,F>, flops:number, title:string){
  const runs:Record<string,()=>void>={};
  for(const [name,f] of Object.entries(ways)){
    const g=new GraphBuilder(); const e=new Emitter(g,blockSize());
    const vals=shapes.map((s,i)=>blk[i]?blockedValue(s,g.input('x'+i,'float32',blockedDims(s))):plainValue(s,g.input('x'+i,'float32',s)));
    let v:Value; try{v=f(e,vals);}catch(x){console.log(name,'emit',(x as Error).message);continue;}
    const isB=v.plain===null; const n=isB?v.blocked!:v.plain!; g.output(n,'float32',isB?blockedDims(outShape):outShape);
    let s:Session; try{s=Session.load(g,1e9);}catch(x){console.log(name,'load',(x as Error).message.slice(0,100));continue;}
    const feeds:any={};shapes.forEach((s2,i)=>feeds['x'+i]=floatFeed(Float32Array.from({length:size(s2)},()=>Math.random()-.5),blk[i]?blockedDims(s2):s2));
    const out={[n]:floatFeed(new Float32Array(size(outShape)),isB?blockedDims(outShape):outShape)};
    try{s.run(feeds,out);}catch(x){console.log(name,'run',(x as Error).message.slice(0,120));continue;}
    runs[name]=()=>s.run(feeds,out);
  }
  const t:Record<string,number[]>={};const c:Record<string,number[]>={};
  for(let r=0;r<16;r++)for(const [n,f] of Object.entries(runs)){const u=process.cpuUsage();const a=performance.now();f();const d=performance.now()-a;const q=process.cpuUsage(u);(t[n]??=[]).push(d);(c[n]??=[]).push((q.user+q.system)/1000);}
  console.log(title);
  for(const n in t){const m=t[n]!.sort((a,b)=>a-b),k=c[n]!.sort((a,b)=>a-b);console.log('   ',n.padEnd(16),'wall min',m[0]!.toFixed(2),'med',m[6]!.toFixed(2),'cpu min',k[0]!.toFixed(2),'GF/s(min)',(flops/m[0]!/1e6).toFixed(0));}
}
const info=(x:number[],w:number[],s:number,p:number)=>C.convInfo(x,w,{strides:s,pad:[[0,0],[p,p],[p,p],[0,0]]} as any);
for(const [N,H,Ci,O,S] of [[64,32,32,32,1],[64,16,16,16,1],[64,16,64,64,1],[64,8,128,128,1],[64,8,32,32,1],[64,32,32,64,2],[64,32,16,16,1]] as const){
  const x=[N,H,H,Ci],w=[3,3,Ci,O];const i=info(x,w,S,1);const dy=i.outShape;const fl=2*N*i.outHeight**2*9*Ci*O;
  const at={strides:S,pad:[[0,0],[1,1],[1,1],[0,0]]} as any;
  bench([x,dy],[true,true],w,{current:(e,[a,b])=>C.conv2dBackpropFilter.emit(e,[a!,b!],{...at,filterShape:w},[])[0]!,
   gemm:(e,[a,b])=>{const col=C.im2col(e,e.plain(a!),i,[1,1,1,1],i.outHeight,i.outWidth,Ci);return plainValue(w,e.reshape(e.op('Gemm',[col,e.plainAs(b!,[N*i.outHeight*i.outWidth,O])],{transA:1}),w));},
   blocked:(e,[a,b])=>{const j=i;const n=N,c=Ci,o=O,h=H,ww=H,ho=i.outHeight,wo=i.outWidth;const bb=B;
     const rot=e.op('Transpose',[e.plain(a!)],{perm:[1,2,3,0]});const sw=e.op('Transpose',[e.reshape(rot,[h*ww,c,n])],{perm:[1,0,2]});
     const pb=(ho-1)*S+3-h-1;const pad=e.op('Pad',[e.reshape(sw,[c,h,ww,n]),e.ints(0,1,1,0,0,pb,pb,0)]);const img=e.blockedOp('ReorderInput',[pad],{channels_last:1});
     const f=e.op('Transpose',[e.reshape(b!.blocked!,[n/bb,bb,o/bb,ho*wo,bb])],{perm:[2,0,3,1,4]});
     const y=e.blockedOp('Conv',[img,e.reshape(f,[o,n,ho,wo])],{kernel_shape:[ho,wo],strides:[1,1],dilations:[S,S],pads:[0,0,0,0]});
     const u=e.blockedOp('ReorderOutput',[y],{channels:o,channels_last:1});return plainValue(w,e.op('Transpose',[u],{perm:[1,2,0,3]}));},
   blockedDirect:(e,[a,b])=>{const n=N,c=Ci,o=O,h=H,ww=H,ho=i.outHeight,wo=i.outWidth;const bb=B;
     // x blocked [n/b,b(n),c/b,hw,b(c)] -> [c/b,b(c),n/b,hw,b(n)]
     const pb=(ho-1)*S+3-h-1;
     const t=e.op('Transpose',[e.reshape(a!.blocked!,[n/bb,bb,c/bb*h*ww*bb])],{perm:[0,2,1]}); // [n/b, c/b*hw*bc, bn]
     const t2=e.op('Transpose',[e.reshape(t,[n/bb,c/bb,h*ww,bb,bb])],{perm:[1,3,0,2,4]});
     const pad=e.op('Pad',[e.reshape(t2,[c*n/bb,h,ww,bb]),e.ints(0,1,1,0,0,pb,pb,0)]);
     const img=e.reshape(pad,[c,n,h+1+pb,ww+1+pb]);
     const f=e.op('Transpose',[e.reshape(b!.blocked!,[n/bb,bb,o/bb,ho*wo,bb])],{perm:[2,0,3,1,4]});
     const y=e.blockedOp('Conv',[img,e.reshape(f,[o,n,ho,wo])],{kernel_shape:[ho,wo],strides:[1,1],dilations:[S,S],pads:[0,0,0,0]});
     const u=e.blockedOp('ReorderOutput',[y],{channels:o,channels_last:1});return plainValue(w,e.op('Transpose',[u],{perm:[1,2,0,3]}));},
  },fl,`filter grad ${x} -> ${O} s${S}`);
  bench([x,w],[true,false],dy,{current:(e,[a,b])=>C.emitConvolution(e,a!,b!,at)},fl,`forward ${x} -> ${O} s${S}`);
  bench([dy,w],[true,false],x,{current:(e,[a,b])=>C.conv2dBackpropInput.emit(e,[a!,b!],{...at,inputShape:x},[])[0]!},fl,`input grad ${x} -> ${O} s${S}`);
}
