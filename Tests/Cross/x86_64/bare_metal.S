// bare_metal.S: from the BIOS's real mode to a C function in 64-bit mode, with AVX-512 and AMX state switched on.
// For tests of instructions that no operating system in the emulator would let a program use. Loaded at 0x7c00 as the
// boot image of a CD, this file first; memory is mapped one to one up to 1 GiB. bare_main() does not return.

#define PAGE_TABLES 0x90000
#define STACK_TOP 0x90000

    .text
    .code16
    .globl start
start:
    cli
    ljmp $0, $1f
1:  xorw %ax, %ax
    movw %ax, %ds
    inb $0x92, %al                  // the A20 line
    orb $2, %al
    outb %al, $0x92
    lgdtl descriptor
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmp $8, $protected

    .code32
protected:
    movw $16, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    // Tables of three levels, the last with 512 pages of 2 MiB.
    movl $PAGE_TABLES, %edi
    xorl %eax, %eax
    movl $0x3000 / 4, %ecx
    rep stosl
    movl $(PAGE_TABLES + 0x1003), PAGE_TABLES
    movl $(PAGE_TABLES + 0x2003), PAGE_TABLES + 0x1000
    movl $(PAGE_TABLES + 0x2000), %edi
    movl $0x83, %eax
    movl $512, %ecx
1:  movl %eax, (%edi)
    addl $0x200000, %eax
    addl $8, %edi
    loop 1b
    movl $PAGE_TABLES, %eax
    movl %eax, %cr3
    movl $0x40620, %eax             // physical address extension, SSE and its exceptions, XSAVE
    movl %eax, %cr4
    movl $0xC0000080, %ecx          // EFER: long mode
    rdmsr
    orl $0x100, %eax
    wrmsr
    movl %cr0, %eax
    andl $~0x4, %eax                // no emulation of the floating-point unit
    orl $0x80000002, %eax           // paging
    movl %eax, %cr0
    ljmp $24, $long_mode

    .code64
long_mode:
    movw $16, %ax
    movw %ax, %ss
    movq $STACK_TOP, %rsp
    xorl %ecx, %ecx
    xorl %edx, %edx
    movl $0x600E7, %eax             // XCR0: x87, SSE, AVX, AVX-512, tile configuration and data
    xsetbv
    call bare_main
1:  hlt
    jmp 1b

    .p2align 3
descriptors:
    .quad 0
    .quad 0x00CF9A000000FFFF        // 8: 32-bit code
    .quad 0x00CF92000000FFFF        // 16: data
    .quad 0x00AF9A000000FFFF        // 24: 64-bit code
descriptor:
    .word . - descriptors - 1
    .long descriptors

    .section .note.GNU-stack, "", @progbits
